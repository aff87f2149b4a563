enum AppwriteSimulatorPlaceholder {}
