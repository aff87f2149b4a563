import Bench

await BenchCommand.start()
