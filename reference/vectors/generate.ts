import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { roomPath } from '../../schemas/index.js'
import { buildVectorFiles, encodeVectorFile } from './families.js'

// `node dist/reference/vectors/generate.js` writes vectors/*.json; with `--check` it only says which are out of date.

const isCheck = process.argv.includes('--check')

for (const { name, file } of buildVectorFiles()) {
  const path = roomPath('vectors', `${name}.json`)
  const text = encodeVectorFile(file)
  if (existsSync(path) && readFileSync(path, 'utf8') === text) continue
  if (isCheck) {
    process.exitCode = 1
    console.error(`vectors/${name}.json is out of date: npm run generate`)
  } else {
    writeFileSync(path, text)
    console.log(`vectors/${name}.json: ${file.counts.tests} tests`)
  }
}
