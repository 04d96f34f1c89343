import type { BenchCase } from '../bench-case.js'
import { echoCases } from './echo.js'
import { handshakeCases } from './handshake.js'
import { keyScheduleCases } from './key-schedule.js'
import { poolCases } from './pool.js'
import { sessionTableCases } from './session-table.js'

/** Every case of the bench, in the order of the page. */
export const cases: readonly BenchCase[] = [
  ...keyScheduleCases,
  ...sessionTableCases,
  ...handshakeCases,
  ...echoCases,
  ...poolCases,
]
