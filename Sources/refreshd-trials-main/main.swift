import Trials

TrialsCommand.main()
