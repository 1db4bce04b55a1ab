/**
 * A stranger's server that renders a page with a room in it: plain JavaScript, as Node runs it. Prints the page.
 */
import { createElement } from 'react'
import { renderToString } from 'react-dom/server'
import { newLink, openRoom } from 'supermesh'
import { RoomProvider, useQuery, useRoom, useStatus } from 'supermesh/react'
import { defineSchema, table, value } from 'supermesh/schema'

const schema = defineSchema('org.example.list', { version: 1 }, { items: table({ title: value('') }) })
const link = newLink({ random: crypto.getRandomValues(new Uint8Array(16)) })

function List() {
  const items = useQuery(useRoom(schema).tables.items)
  return createElement('p', null, `${useStatus().phase}: ${items.length} items`)
}

const room = openRoom({ schema, link, storage: 'memory' })
process.stdout.write(renderToString(createElement(RoomProvider, { room }, createElement(List))))
