enum AppwriteModelPlaceholder {}
