import { honestParts, type Parts } from '../../parts.js'

/** A deliberately wrong implementation, and the sentence that names what is wrong with it. */
export interface Mistake {
  readonly mistake: string
  readonly parts: (honest: Parts) => Partial<Parts>
}

/** The parts of the implementation that makes `mistake` and no other. */
export const mistakenParts = ({ parts }: Pick<Mistake, 'parts'>): Parts => ({ ...honestParts, ...parts(honestParts) })
