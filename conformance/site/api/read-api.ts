import { posix, relative, sep } from 'node:path'
import ts from 'typescript'
import { rootPath } from '../../../schemas/index.js'

/** Something said of a part: `@returns`, `@throws`, or of one parameter. */
export interface Tag {
  readonly name: string
  readonly text: string
}

/** A member of an interface or of a class. */
export interface Member {
  readonly name: string
  readonly type: string
  readonly doc: string
}

/** An export of an entry point. */
export interface ApiItem {
  readonly name: string
  readonly kind: 'function' | 'class' | 'interface' | 'type' | 'value'
  /** What TypeScript says it is, without comments. */
  readonly declaration: string
  readonly doc: string
  readonly tags: readonly Tag[]
  readonly members: readonly Member[]
  /** The file that declares it, from the root of the project. */
  readonly file: string
}

/** An entry point of the package, and what it exports, by name. */
export interface EntryPoint {
  /** As it is imported. */
  readonly specifier: string
  readonly items: readonly ApiItem[]
}

/** The entry points by their compiled doors, from `dist/`. */
const doors: readonly (readonly [specifier: string, door: string])[] = [
  ['sage-conformance', 'reference/index.d.ts'],
  ['sage-conformance/conformance', 'conformance/index.d.ts'],
  ['sage-conformance/schemas', 'schemas/index.d.ts'],
]

/** Characters of a declaration beyond which a value is told by its docstring and its schema alone. */
const LONGEST = 1500

const printer = ts.createPrinter({ removeComments: true })

// In a docstring a link to a symbol is written {@link Name}; what it shows is a name, as code.
const docText = (parts: readonly ts.SymbolDisplayPart[] | undefined): string =>
  ts
    .displayPartsToString([...(parts ?? [])])
    .replace(/\{@link (\S+?)\s*\}/g, '`$1`')
    .trim()

const tagsOf = (symbol: ts.Symbol, checker: ts.TypeChecker): Tag[] =>
  symbol.getJsDocTags(checker).map(({ name, text }) => ({ name, text: docText(text) }))

const isHidden = (member: ts.Node): boolean =>
  (ts.canHaveModifiers(member) &&
    (ts.getModifiers(member) ?? []).some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword)) ||
  ('name' in member && ts.isPrivateIdentifier(member.name as ts.Node))

/** A class or an interface as its users see it. */
const publicPart = (node: ts.Declaration): ts.Node => {
  if (!ts.isClassDeclaration(node)) return node
  const members = node.members.filter(member => !isHidden(member))
  const { modifiers, name, typeParameters, heritageClauses } = node
  return ts.factory.updateClassDeclaration(node, modifiers, name, typeParameters, heritageClauses, members)
}

const printed = (node: ts.Declaration): string => {
  const whole = ts.isVariableDeclaration(node) ? node.parent.parent : publicPart(node)
  return printer
    .printNode(ts.EmitHint.Unspecified, whole, node.getSourceFile())
    .replace(/^export (?:declare )?|^declare /, '')
    .replace(/ {4}/g, '  ')
}

const typeFlags =
  ts.TypeFormatFlags.NoTruncation |
  ts.TypeFormatFlags.InTypeAlias |
  ts.TypeFormatFlags.UseAliasDefinedOutsideCurrentScope |
  ts.TypeFormatFlags.UseSingleQuotesForStringLiteralType

const membersOf = (node: ts.Declaration, checker: ts.TypeChecker): Member[] => {
  if (!ts.isInterfaceDeclaration(node) && !ts.isClassDeclaration(node)) return []
  return node.members.flatMap(member => {
    const { name } = member
    const symbol = name && checker.getSymbolAtLocation(name)
    if (!name || !symbol || isHidden(member)) return []
    const optional = 'questionToken' in member && member.questionToken ? '?' : ''
    const type = checker.typeToString(checker.getTypeAtLocation(member), member, typeFlags)
    return [{ name: `${name.getText()}${optional}`, type, doc: docText(symbol.getDocumentationComment(checker)) }]
  })
}

const kindOf = (node: ts.Declaration, type: ts.Type): ApiItem['kind'] => {
  if (ts.isClassDeclaration(node)) return 'class'
  if (ts.isInterfaceDeclaration(node)) return 'interface'
  if (ts.isTypeAliasDeclaration(node)) return 'type'
  return type.getCallSignatures().length > 0 ? 'function' : 'value'
}

const shortOf = (text: string, name: string): string =>
  text.length <= LONGEST ? text : `const ${name}: TSchema // see the JSON Schema`

const itemOf = (name: string, symbol: ts.Symbol, checker: ts.TypeChecker): ApiItem => {
  const declarations = symbol.declarations ?? []
  // A schema and its type have one name: the type says what it is about.
  const node = declarations.find(ts.isTypeAliasDeclaration) ?? declarations[0]
  if (!node) throw new Error(`${name} is declared nowhere`)
  const isValue = ts.isVariableDeclaration(node) || ts.isFunctionDeclaration(node)
  const type = isValue ? checker.getTypeOfSymbolAtLocation(symbol, node) : checker.getDeclaredTypeOfSymbol(symbol)
  const isDerived = ts.isTypeAliasDeclaration(node) && /^Static</.test(node.type.getText())
  const declaration = isDerived
    ? `type ${name} = ${checker.typeToString(type, undefined, typeFlags | ts.TypeFormatFlags.MultilineObjectLiterals)}`
    : printed(node)
  const file = posix.normalize(relative(rootPath, node.getSourceFile().fileName).split(sep).join('/'))
  return {
    name,
    kind: kindOf(node, type),
    declaration: shortOf(declaration.replace(/ {4}/g, '  '), name),
    doc: docText(symbol.getDocumentationComment(checker)),
    tags: tagsOf(symbol, checker),
    members: membersOf(node, checker),
    file: file.replace(/^dist\//, '').replace(/\.d\.ts$/, '.ts'),
  }
}

/** Reads what the package exports out of its compiled declarations, with the docstrings. */
export const readApi = (): EntryPoint[] => {
  const paths = doors.map(([, door]) => posix.join(rootPath, 'dist', door))
  const program = ts.createProgram(paths, {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
    strict: true,
    skipLibCheck: true,
    types: ['node'],
    noEmit: true,
  })
  const checker = program.getTypeChecker()
  return doors.map(([specifier], index) => {
    const file = program.getSourceFile(paths[index]!)
    const door = file && checker.getSymbolAtLocation(file)
    if (!door) throw new Error(`dist has no ${paths[index]}: npm run build`)
    const items = checker.getExportsOfModule(door).map(each => {
      const symbol = each.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(each) : each
      return itemOf(each.name, symbol, checker)
    })
    return { specifier, items: items.sort((a, b) => a.name.localeCompare(b.name, 'en')) }
  })
}

/** What an entry point exports without saying what it is, by specifier and name. */
export const undocumented = (entryPoints: readonly EntryPoint[]): string[] =>
  entryPoints.flatMap(({ specifier, items }) =>
    items.flatMap(({ name, doc, members }) => [
      ...(doc === '' ? [`${specifier}: ${name}`] : []),
      ...members
        .filter(each => each.doc === '' && /=>/.test(each.type))
        .map(each => `${specifier}: ${name}.${each.name}`),
    ]),
  )
