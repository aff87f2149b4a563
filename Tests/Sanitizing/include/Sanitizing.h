// Nothing is called by its name: see mutex.c.
