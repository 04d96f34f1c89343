import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { rootPath } from '../../schemas/index.js'
import { tarDifferences } from './tar-differences.js'

// Packs the package twice, each time in another folder, out of the sources alone, by somebody with another umask, another
// time zone and another language, and with files of another age. Both tarballs are the same, byte for byte.

interface Packed {
  readonly filename: string
}

/** Packs the checkout at `folder`. @returns the bytes of the tarball */
const pack = (folder: string, env: NodeJS.ProcessEnv): Uint8Array => {
  const into = `${folder}.packed`
  mkdirSync(into)
  const said = execFileSync('npm', ['pack', '--json', '--foreground-scripts=false', '--pack-destination', into], {
    ...{ cwd: folder, encoding: 'utf8', maxBuffer: 2 ** 26, stdio: ['ignore', 'pipe', 'inherit'] },
    env: { ...process.env, ...env },
  })
  const [{ filename }] = JSON.parse(said) as [Packed]
  return readFileSync(join(into, filename))
}

/** Everything that git would clone, and what is not committed yet, in `folder`, changed at `age`, in seconds since 1970. */
const cloneInto = (folder: string, age: number): void => {
  const listed = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate']
  const files = execFileSync('git', ['-C', rootPath, ...listed], { encoding: 'utf8', maxBuffer: 2 ** 26 })
  for (const path of files.split('\0').filter(each => each !== '')) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    copyFileSync(join(rootPath, path), join(folder, path))
    utimesSync(join(folder, path), age, age)
  }
  symlinkSync(join(rootPath, 'node_modules'), join(folder, 'node_modules'))
}

const sha512 = (bytes: Uint8Array): string => createHash('sha512').update(bytes).digest('base64')

const scratch = mkdtempSync(join(tmpdir(), 'sage-reproducible-'))
const umask = process.umask()
try {
  const [one, other] = [join(scratch, 'one'), join(scratch, 'a folder elsewhere')]
  process.umask(0o002)
  cloneInto(one, 1_000_000_000)
  const here = pack(one, { TZ: 'UTC' })
  process.umask(0o077)
  cloneInto(other, 1_600_000_000)
  const there = pack(other, { TZ: 'Asia/Kathmandu', LANG: 'C', LC_ALL: 'C' })
  if (sha512(here) === sha512(there)) console.log(`the same tarball twice: sha512-${sha512(here)}`)
  else {
    for (const line of tarDifferences(gunzipSync(here), gunzipSync(there))) console.error(line)
    console.error(`two tarballs: sha512-${sha512(here)} and sha512-${sha512(there)}`)
    process.exitCode = 1
  }
} finally {
  process.umask(umask)
  rmSync(scratch, { recursive: true, force: true })
}
