import Refreshd

await RefreshdCommand.start()
