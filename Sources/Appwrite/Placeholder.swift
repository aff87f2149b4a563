enum AppwritePlaceholder {}
