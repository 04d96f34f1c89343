import { answerMutants } from './answer-mutants.js'
import { batchMutants } from './batch-mutants.js'
import { cardMutants } from './card-mutants.js'
import { guardMutants } from './guard-mutants.js'
import { gzipMutants } from './gzip-mutants.js'
import { messageMutants } from './message-mutants.js'
import type { InitiatorMutant } from './mutant.js'
import { streamMutants } from './stream-mutants.js'
import { websocketMutants } from './websocket-mutants.js'

/** Every initiator that is wrong on purpose, each with the checks that find it. */
export const initiatorMutants: readonly InitiatorMutant[] = [
  ...guardMutants,
  ...cardMutants,
  ...messageMutants,
  ...answerMutants,
  ...batchMutants,
  ...gzipMutants,
  ...streamMutants,
  ...websocketMutants,
]
