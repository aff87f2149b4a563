enum SessionStoragePlaceholder {}
