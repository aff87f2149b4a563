import TokenClient

TokenProgram.refreshdToken.start(CommandLine.arguments.dropFirst())
