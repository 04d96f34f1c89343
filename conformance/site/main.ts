import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { rootPath } from '../../schemas/index.js'
import { buildSite } from './build-site.js'

// `npm run site`: writes the site into dist/site.

const folder = join(rootPath, 'dist', 'site')

const { files, findings } = await buildSite()
for (const finding of findings) console.error(finding)
if (findings.length > 0) process.exitCode = 1
else {
  rmSync(folder, { recursive: true, force: true })
  let bytes = 0
  for (const [path, content] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
    bytes += content.length
  }
  const pages = [...files.keys()].filter(path => path.endsWith('.html')).length
  console.log(`${pages} pages, ${(bytes / 1e6).toFixed(1)} MB: ${join(folder, 'index.html')}`)
}
