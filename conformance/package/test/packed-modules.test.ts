import t from 'tap'
import { reachableModules, strayModules } from '../packed-modules.js'

const reader = (files: Readonly<Record<string, string>>) => (path: string) => files[path]

void t.test('what a module imports, exports from and loads when it is asked for is reached, once each', t => {
  const read = reader({
    'a/index.js': "import { b } from './b.js';\nimport x from 'x';\nexport * from '../c.js'\nawait import('./d.js')",
    'a/b.js': "import {\n  one,\n  two,\n} from './index.js'",
    'c.js': "import './e.js'",
    'a/d.js': '',
    'e.js': '// import nothing from "./f.js"',
    'f.js': '',
  })
  t.same([...reachableModules(['a/index.js'], read)].sort(), ['a/b.js', 'a/d.js', 'a/index.js', 'c.js', 'e.js'])
  t.end()
})

void t.test('declarations reach declarations', t => {
  const read = reader({
    'index.d.ts': "export type { B } from './b.js';\nexport type C = import('./c.js').C",
    'b.d.ts': '',
    'b.js': '',
    'c.d.ts': '',
  })
  t.same([...reachableModules(['index.d.ts'], read)].sort(), ['b.d.ts', 'c.d.ts', 'index.d.ts'])
  t.end()
})

void t.test('a module too many and one too few are named; one of types alone is neither', t => {
  const read = reader({
    'dist/reference/index.js': "import './left-out.js'",
    'dist/reference/left-out.js': '',
    'dist/reference/tool.js': 'run()',
    'dist/reference/types.js': 'export {};\n',
  })
  t.same(
    strayModules(['dist/reference/index.js', 'dist/reference/tool.js', 'dist/reference/types.js', 'LICENSE'], read),
    {
      missing: ['dist/reference/left-out.js'],
      needless: ['dist/reference/tool.js'],
    },
  )
  t.end()
})
