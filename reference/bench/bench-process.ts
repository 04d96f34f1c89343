import { cases } from './cases/index.js'
import { runErrand, type Errand } from './run-case.js'

// A process of the bench: told by its arguments which case and which errand, it says its figures to its parent.

const [name, errand] = process.argv.slice(2)
const benchCase = cases.find(each => each.name === name)
if (benchCase === undefined || errand === undefined) throw new Error(`no case is called ${name}`)
const answer = await runErrand(benchCase, JSON.parse(errand) as Errand)
process.send?.(answer, () => process.disconnect())
