import {
  hasBatches,
  hasConversations,
  type Channel,
  type Conversation,
  type ConversationChannel,
  type OutgoingMessage,
} from './channel.js'
import type { Circuit } from './circuit.js'

const converse = async (channel: ConversationChannel, opening: OutgoingMessage, circuit: Circuit) => {
  const conversation = await circuit.blame(() => channel.converse(opening))
  return {
    next: () => circuit.blame(() => conversation.next()),
    send: message => conversation.send(message),
    end: () => conversation.end(),
  } satisfies Conversation
}

/** A channel by whose answers and failures a circuit learns how the way is. */
export const watched = (channel: Channel, circuit: Circuit): Channel => ({
  exchange: message => circuit.watch(() => channel.exchange(message)),
  ...(hasBatches(channel) && { exchangeBatch: batch => circuit.watch(() => channel.exchangeBatch(batch)) }),
  ...(hasConversations(channel) && { converse: opening => converse(channel, opening, circuit) }),
  ...(channel.isDuplex !== undefined && { isDuplex: channel.isDuplex }),
  close: () => channel.close(),
})
