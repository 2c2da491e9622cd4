/**
 * The names of properties that the bundle writes shorter (names.json), wherever they
 * stand. A name may be there only if every property with it is our own: none of the
 * browser's, of a userscript manager's, of the server's answers, and none that is reached
 * by a text.
 */
import { readFileSync } from "node:fs";
import ts from "typescript";

/** Interfaces of ours that objects of the browser are given as. */
const lent = new Set(["Crypto", "KeyPress"]);
const openapi = "../internal/httpapi/testdata/openapi.json";

export interface Names {
  /** Names of our own properties, with how often each is written. */
  readonly ours: Map<string, number>;
  /** Names that are somebody else's, with one place where. */
  readonly others: Map<string, string>;
  /** Names in the server's answers. */
  readonly server: Set<string>;
}

function isOurs(file: ts.SourceFile): boolean {
  return !file.isDeclarationFile && !file.fileName.includes("/node_modules/");
}

function isTested(file: ts.SourceFile): boolean {
  return isOurs(file) && !/(^|\/)(test|testdata|names)\/|\.test(ing)?\.ts$/.test(file.fileName);
}

/** Every name of a property in the sources, and where one is not our own. */
function namesIn(program: ts.Program): Pick<Names, "ours" | "others"> {
  const checker = program.getTypeChecker();
  const ours = new Map<string, number>();
  const others = new Map<string, string>();
  const note = (name: string, node: ts.Node, symbols: readonly (ts.Symbol | undefined)[]): void => {
    const own = symbols.length > 0 && symbols.every((symbol) => symbol?.declarations?.every((d) =>
      isOurs(d.getSourceFile()) && !ts.findAncestor(d, (at) => ts.isInterfaceDeclaration(at) && lent.has(at.name.text))));
    const { line } = node.getSourceFile().getLineAndCharacterOfPosition(node.getStart());
    if (own) ours.set(name, (ours.get(name) ?? 0) + 1);
    else others.set(name, `${node.getSourceFile().fileName}:${line + 1}`);
  };
  /** The property in each kind of a type; undefined where it is any text. */
  const inType = (type: ts.Type, name: string): (ts.Symbol | undefined)[] =>
    (type.isUnion() ? type.types : [type]).flatMap((t) => {
      const symbol = t.getProperty(name);
      return symbol ? [symbol] : t.getStringIndexType() ? [undefined] : [];
    });
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.name)) {
      note(node.name.text, node, [checker.getSymbolAtLocation(node.name)]);
    } else if (ts.isObjectLiteralElementLike(node) && ts.isObjectLiteralExpression(node.parent) && node.name && ts.isIdentifier(node.name)) {
      const type = checker.getContextualType(node.parent);
      const symbols = type ? inType(type, node.name.text) : [];
      note(node.name.text, node, symbols.length > 0 ? symbols : [checker.getSymbolAtLocation(node.name)]);
    } else if (ts.isBindingElement(node) && ts.isObjectBindingPattern(node.parent) && !node.dotDotDotToken) {
      const name = node.propertyName ?? node.name;
      if (ts.isIdentifier(name)) note(name.text, node, inType(checker.getTypeAtLocation(node.parent), name.text));
    } else if (ts.isElementAccessExpression(node)) {
      const index = checker.getTypeAtLocation(node.argumentExpression);
      for (const t of index.isUnion() ? index.types : [index]) {
        if (t.isStringLiteral()) note(t.value, node, []);
      }
    } else if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.InKeyword) {
      if (ts.isStringLiteral(node.left)) note(node.left.text, node, []);
    } else if ((ts.isTypeElement(node) || ts.isClassElement(node)) && node.name && ts.isIdentifier(node.name)) {
      note(node.name.text, node, [checker.getSymbolAtLocation(node.name)]);
    }
    ts.forEachChild(node, visit);
  };
  for (const file of program.getSourceFiles()) {
    if (isTested(file)) visit(file);
  }
  return { ours, others };
}

/** The names of all properties of the server's JSON. */
function serverNames(value: unknown, found = new Set<string>()): Set<string> {
  if (typeof value !== "object" || value === null) return found;
  for (const [key, inner] of Object.entries(value)) {
    if (key === "properties") for (const name of Object.keys(inner as object)) found.add(name);
    serverNames(inner, found);
  }
  return found;
}

export const namesFile = "names.json";

/** The names that are shortened now, and how. */
export function shortened(): Map<string, string> {
  return new Map(Object.entries(JSON.parse(readFileSync(namesFile, "utf8")) as Record<string, string>));
}

/** All names of the sources in the present folder. */
export function names(): Names {
  const { config } = ts.readConfigFile("tsconfig.json", ts.sys.readFile);
  const { fileNames, options } = ts.parseJsonConfigFileContent(config, ts.sys, ".");
  return { ...namesIn(ts.createProgram(fileNames, options)), server: serverNames(JSON.parse(readFileSync(openapi, "utf8"))) };
}
