import importX from 'eslint-plugin-import-x'
import tseslint from 'typescript-eslint'

// The boundaries of the house: schemas/ imports nothing of it, reference/ and conformance/ import schemas/, and
// the two stacks never meet, save in the mutants (the reference with one seam replaced) and in two commands.
const zone = (target, from, except, message) => ({ target, from, ...(except ? { except } : {}), message })
const layers = ['bytes', 'crypto', ['identity', 'session'], 'handshake', 'message', 'http', 'agent']
const flat = layers.flat()
const referenceZones = layers
  .flatMap((layer, level) => {
    const above = layers.slice(level + 1).flat()
    const beside = Array.isArray(layer) ? layer : []
    return [layer].flat().map(name => ({
      target: `./reference/${name}`,
      from: [...above, ...beside.filter(other => other !== name)].map(other => `./reference/${other}`),
      message: `reference/${name} may import only the layers below it (${flat.slice(0, flat.indexOf(name)).join(', ') || 'none'})`,
    }))
  })
  .filter(({ from }) => from.length > 0)

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', '.tap/'] },
  ...tseslint.configs.recommended,
  {
    files: ['schemas/**/*.ts', 'reference/**/*.ts', 'conformance/**/*.ts'],
    plugins: { 'import-x': importX },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    settings: {
      'import-x/resolver-next': [
        importX.createNodeResolver({ extensions: ['.ts', '.js'], extensionAlias: { '.js': ['.ts', '.js'] } }),
      ],
      'import-x/extensions': ['.ts', '.js'],
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts'] },
    },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'import-x/no-default-export': 'error',
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
      'import-x/no-restricted-paths': [
        'error',
        {
          zones: [
            zone('./schemas', ['./reference', './conformance'], undefined, 'schemas/ imports nothing of the house'),
            zone('./reference', './conformance', undefined, 'reference/ never imports the suite'),
            ...['checks', 'probe', 'runner', 'report', 'trace', 'peers'].map(room =>
              zone(`./conformance/${room}`, './reference', undefined, 'the two stacks share no protocol code'),
            ),
            ...referenceZones,
          ],
        },
      ],
    },
  },
  { files: ['**/test/**/*.ts'], rules: { '@typescript-eslint/no-floating-promises': 'off' } },
)
