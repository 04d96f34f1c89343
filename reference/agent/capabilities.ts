import type { Capability } from '../../schemas/index.js'
import type { ServeOptions } from './agent.js'

/** What a responder declares, sorted. */
export const capabilitiesOf = ({ capabilities = {}, streams = {} }: ServeOptions): readonly Capability[] => {
  const {
    batch = false,
    echo = true,
    gzip = false,
    health = false,
    metrics = false,
    ws = false,
    stream = Object.keys(streams).length > 0,
  } = capabilities
  const declared: Record<Capability, boolean> = {
    batch,
    echo,
    gzip,
    health,
    metrics: metrics !== false,
    stream,
    ws: ws !== false,
  }
  return (Object.keys(declared) as Capability[]).filter(name => declared[name]).sort()
}
