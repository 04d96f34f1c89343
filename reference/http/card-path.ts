/** Path of the agent card (card.published). */
export const CARD_PATH = '/.well-known/sage.json'
