import TokenClient

TokenProgram.start()
