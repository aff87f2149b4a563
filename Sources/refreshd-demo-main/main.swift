import Demo

await runDemo()
