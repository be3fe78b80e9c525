import { describe, expect, it } from '@jest/globals';
import { FILE_LIMITS, readText, type TextFault } from './file-text.js';

function faults(text: string): readonly TextFault[] {
  const read = readText(text);
  return read.kind === 'faulty' ? read.faults : [];
}

describe('domain/plans/template-file/file-text', () => {
  it('reads JSON with the place of every value and name', () => {
    const read = readText('{\n  "a": [1,\n    {"b/c": "Ж"}]\n}');
    expect(read).toMatchObject({ kind: 'read', value: { a: [1, { 'b/c': 'Ж' }] } });
    if (read.kind !== 'read') return;
    expect(read.placeOf('', 'value')).toEqual({ line: 1, column: 1 });
    expect(read.placeOf('/a', 'value')).toEqual({ line: 2, column: 8 });
    expect(read.placeOf('/a', 'name')).toEqual({ line: 2, column: 3 });
    expect(read.placeOf('/a/0', 'value')).toEqual({ line: 2, column: 9 });
    expect(read.placeOf('/a/1/b~1c', 'value')).toEqual({ line: 3, column: 13 });
    expect(read.placeOf('/a/1/absent/deeper', 'value')).toEqual({ line: 3, column: 5 });
  });

  it('passes over the mark that some editors put in front', () => {
    expect(readText('\uFEFF{"a": 1}')).toMatchObject({ kind: 'read', value: { a: 1 } });
  });

  it.each([
    ['{"a": 1,}', 'PropertyNameExpected', 1, 9],
    ['{"a": 1\n"b": 2}', 'CommaExpected', 2, 1],
    ['{"a" 1}', 'ColonExpected', 1, 6],
    ['{"a": }', 'ValueExpected', 1, 7],
    ['{"a": [1, 2}', 'CommaExpected', 1, 12],
    ['{"a": [1, 2', 'CloseBracketExpected', 1, 12],
    ['{"a": "x', 'UnexpectedEndOfString', 1, 7],
    ['{"a": 1} {}', 'EndOfFileExpected', 1, 10],
    ['{"a": 1 /* why */}', 'InvalidCommentToken', 1, 9],
    ["{'a': 1}", 'InvalidSymbol', 1, 2],
    ['{"a": "\\q"}', 'InvalidEscapeCharacter', 1, 7],
    ['', 'ValueExpected', 1, 1],
  ])('says where it is not JSON: %s', (text, kind, line, column) => {
    const found = faults(text).find((fault) => fault.params['kind'] === kind);
    expect(found).toMatchObject({ code: 'syntax', place: { line, column } });
  });

  it('tells one slip once, not everything that follows from it on the line', () => {
    expect(faults('{"a": [1, 2}')).toHaveLength(1);
    expect(faults('{"a" 1,\n"b" 2}').map((fault) => fault.place.line)).toEqual([1, 2]);
  });

  it('refuses a name written twice, and names that reach into prototypes', () => {
    expect(faults('{"a": 1, "a": 2}')).toMatchObject([
      { code: 'repeatedName', path: '/a', place: { line: 1, column: 10 } },
    ]);
    expect(
      faults('{"a": {"__proto__": {}, "constructor": 1}, "prototype": 2}').map((fault) => fault.path),
    ).toEqual(['/a/__proto__', '/a/constructor', '/prototype']);
    expect(faults('{"a": {"b": 1}, "b": {"b": 1}}')).toEqual([]);
  });

  it('bounds the size, counted in bytes', () => {
    const text = JSON.stringify('Ж'.repeat(FILE_LIMITS.bytes / 2));
    expect(faults(text)).toMatchObject([{ code: 'fileTooLarge', params: { limit: 512, size: 513 } }]);
  });

  it('bounds the depth before it costs anything', () => {
    const deep = '['.repeat(FILE_LIMITS.bytes - 1);
    expect(faults(deep)).toMatchObject([{ code: 'tooDeep', params: { limit: FILE_LIMITS.depth } }]);
    expect(faults('{"a":'.repeat(50_000))).toMatchObject([{ code: 'tooDeep' }]);
    expect(faults('['.repeat(FILE_LIMITS.depth) + ']'.repeat(FILE_LIMITS.depth))).toEqual([]);
  });

  it('bounds the number of values', () => {
    const many = `[${'1,'.repeat(FILE_LIMITS.values)}1]`;
    expect(faults(many)).toMatchObject([{ code: 'tooManyValues' }]);
  });
});
