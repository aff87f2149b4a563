import Manual

ManualCommand.main()
