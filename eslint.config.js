import tseslint from 'typescript-eslint'

// The boundaries between the rooms and the layers, and import cycles, are checked by conformance/trace/boundaries.ts.

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', '.tap/', '.build/'] },
  ...tseslint.configs.recommended,
  {
    files: ['schemas/**/*.ts', 'reference/**/*.ts', 'conformance/**/*.ts'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'a module exports names only' },
        { selector: 'ExportSpecifier[exported.name="default"]', message: 'a module exports names only' },
      ],
    },
  },
  { files: ['**/test/**/*.ts'], rules: { '@typescript-eslint/no-floating-promises': 'off' } },
)
