enum RefreshdPlaceholder {}
