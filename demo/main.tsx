/** The page begins here: looks first, then the lobby or a room. */
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import 'supermesh/render.css'
import './style/base.css'
import './style/chrome.css'
import { App } from './app.tsx'
import { applyTheme, readPreferences } from './preferences.ts'

applyTheme(readPreferences().theme)
const host = document.getElementById('app')
if (host) {
  createRoot(host).render(
    <StrictMode>
      <App />
    </StrictMode>,
  )
}
