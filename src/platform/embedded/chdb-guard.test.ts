// The guard's lists, without an engine. chdb.ch.test.ts shows the same on the running one.
import { describe, expect, test } from 'vitest'
import { checkStatement, parametersOf, Refused, tokenize } from './chdb-guard.ts'

const known = {
  tableFunctions: new Set(
    'file url s3 remote cluster mysql executable numbers merge values eval format'.split(' '),
  ),
  engines: new Set('file url s3 mergetree memory distributed buffer kafka sqlite'.split(' ')),
}
const check = (sql: string) => () => checkStatement(tokenize(sql), known)

describe('allowed', () => {
  test.each([
    "select count() from event where props like '%file(%'",
    'select engine, file from system.tables',
    "with x as (select 1) select * from x -- file('a')",
    '(select 1) union all (select 2)',
    "select extract(day from occurred), trim(both ' ' from name) from event;",
    'create table t (a Int32) engine = MergeTree order by a',
    "create or replace dictionary d (a UUID, b UUID) primary key a source(clickhouse(table 't')) layout(flat()) lifetime(0)",
    'select * from numbers(10)',
    "backup database itinera to File('one')",
    'explain select 1',
  ])('%s', sql => expect(check(sql)).not.toThrow())
})

describe('refused', () => {
  test.each([
    "select * from file('/etc/passwd')",
    "select * from FILE ('/etc/passwd')",
    "select * from `file`('/etc/passwd')",
    "select * from file/* */('/etc/passwd')",
    "select file('/etc/passwd')",
    "select * from url('http://x', CSV)",
    "select * from eval('select 1')",
    "select 'it''s', \"q\", `r` from remote('x', system.one)",
    "select 1 into outfile '/tmp/x'",
    'select 1 INTO  OUTFILE $a$/tmp/x$a$',
    "insert into t from infile '/etc/passwd' format CSV",
    "insert into function file('/tmp/x') select 1",
    'create table t (a Int32) engine = File(CSV)',
    'create table t (a Int32) engine File(CSV)',
    'create table t (a Int32) engine = `File`(CSV)',
    "create table t (a Int32) engine = MergeTree order by a settings disk = disk(type = local, path = '/x')",
    "create database p engine = SQLite('/x')",
    "create dictionary d (a Int32) primary key a source(file(path '/x' format CSV)) layout(flat()) lifetime(0)",
    "create dictionary d (a Int32) primary key a source(clickhouse(host 'x' table 't')) layout(flat()) lifetime(0)",
    "create dictionary d (a Int32) primary key a source(clickhouse(query 'select 1')) layout(flat()) lifetime(0)",
    'create function f as x -> x',
    'create user u',
    'create named collection c as a = 1',
    'system shutdown',
    'attach table t',
    'set max_threads = 1',
    'use other',
    'select 1; drop table t',
    'select * from `/etc/passwd`',
    'select * from default.passwd',
    "select * from '/etc/passwd'",
    "select * from t join 'a.csv' using (a)",
    "backup database itinera to S3('http://x')",
    "backup database itinera to File('../../x')",
    "restore database itinera from Disk('d', 'x')",
    "insert into t select * from file('/x')",
    'grant all on *.* to u',
  ])('%s', sql => expect(check(sql)).toThrow(Refused))
})

test('quotes and comments that are not closed are refused', () => {
  for (const sql of ["select 'a", 'select `a', 'select /* a', 'select $a$ b'])
    expect(() => tokenize(sql)).toThrow(Refused)
})

test('names of parameters are found', () => {
  expect(parametersOf('select {a:String}, { b : Array(UInt8) }')).toEqual([
    { name: 'a', type: 'String' },
    { name: 'b', type: 'Array(UInt8)' },
  ])
})
