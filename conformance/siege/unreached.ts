/** Schemas whose constraints no input to a responder can break, and why. */
export const unreached: readonly { readonly schema: string; readonly why: string }[] = [
  { schema: 'agent-card', why: 'a responder writes it; `run-client` gives each fault of it to an initiator.' },
  {
    schema: 'limits',
    why: 'part of the card; its ranges are held against what a deployer asks for when a responder starts.',
  },
  {
    schema: 'handshake-response',
    why: 'a responder writes it; `run-client` and the vectors give its faults to an initiator.',
  },
  { schema: 'handshake-response-data', why: 'likewise.' },
  { schema: 'session-response', why: 'likewise.' },
  { schema: 'batch-response', why: 'likewise.' },
  { schema: 'plain-error', why: 'likewise.' },
  { schema: 'health', why: 'a responder writes it for whoever runs it.' },
  {
    schema: 'batch#/properties/messages/maxItems',
    why: '1024 messages; `maxBatch` of the card, 64 here, refuses before it.',
  },
  { schema: 'report', why: 'a file of the suite, and no message.' },
  { schema: 'vectors-report', why: 'likewise.' },
  { schema: 'vector-file', why: 'likewise.' },
  { schema: 'baseline', why: 'likewise.' },
]
