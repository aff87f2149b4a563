enum RefreshEnginePlaceholder {}
