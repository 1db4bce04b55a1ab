/**
 * A stranger's server that renders a page with a room in it: plain JavaScript, as Node runs it. Prints the page.
 */
import { createElement, Suspense } from 'react'
import { renderToString } from 'react-dom/server'
import { newLink, openRoom } from 'supermesh'
import { RoomProvider, useOthers, useQuery, useRecord, useStatus, useText, useTextField } from 'supermesh/react'
import * as suspending from 'supermesh/react/suspense'
import { defineSchema, table, text } from 'supermesh/schema'

const schema = defineSchema('org.example.list', { version: 1 }, { items: table({ title: text() }) })

function List() {
  const items = useQuery(schema.items)
  const [item] = useRecord(schema.items, 'x')
  const others = useOthers(schema, person => person.name)
  const field = createElement('input', { ref: useTextField(item?.title) })
  return createElement('p', null, field, `${useStatus().phase}: ${items.length}${useText(item?.title)}${others.length}`)
}

const Waiting = () => suspending.useQuery(schema.items).length

const room = openRoom({ schema, link: newLink() })
const waiting = createElement(Suspense, { fallback: '…' }, createElement(Waiting))
process.stdout.write(renderToString(createElement(RoomProvider, { room }, createElement(List), waiting)))
