enum FakesPlaceholder {}
