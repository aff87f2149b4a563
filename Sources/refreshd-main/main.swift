import Refreshd

RefreshdCommand.printTokenIfAsked()
await RefreshdCommand.start()
