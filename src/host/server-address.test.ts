import { expect, test } from 'vitest'
import { parseServerAddress } from './server-address.ts'

test.each([
  ['http://localhost:8888/lab?token=abc', 'http://localhost:8888/', 'ws://localhost:8888/', 'abc'],
  ['http://127.0.0.1:8888/tree?token=abc', 'http://127.0.0.1:8888/', 'ws://127.0.0.1:8888/', 'abc'],
  ['http://localhost:8888/?token=abc', 'http://localhost:8888/', 'ws://localhost:8888/', 'abc'],
  ['  localhost:8888 ', 'http://localhost:8888/', 'ws://localhost:8888/', ''],
  [
    'https://hub.example/user/ana/lab/tree/a%20b.ipynb?token=a%2Bb',
    'https://hub.example/user/ana/',
    'wss://hub.example/user/ana/',
    'a+b',
  ],
  ['http://[::1]:8889/base/', 'http://[::1]:8889/base/', 'ws://[::1]:8889/base/', ''],
  ['http://host:1/laboratory', 'http://host:1/laboratory/', 'ws://host:1/laboratory/', ''],
  ['http://ana:secret@host:1/lab#x', 'http://host:1/', 'ws://host:1/', ''],
])('%s', (text, baseUrl, wsUrl, token) => {
  expect(parseServerAddress(text)).toEqual({ baseUrl, wsUrl, token })
})

test.each(['', '   ', 'http://', 'file:///etc/passwd', 'ftp://host/?token=secret', 'a b c', 'javascript:alert(1)'])(
  'refuses %j in words, without repeating it',
  text => {
    const answer = parseServerAddress(text)
    expect(answer).toHaveProperty('refused')
    expect(JSON.stringify(answer)).not.toContain('secret')
  },
)
