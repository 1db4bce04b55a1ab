/** Who runs the code and where; and the way to run it on one's own Jupyter Server. */
import { type FormEvent, useState } from 'react'
import type { Notebook, SupernodeStatus } from 'supermesh/jupyter'
import { useObservable } from 'supermesh/react'
import { Dialog } from '../chrome/dialog.tsx'

const STATES: Readonly<Record<SupernodeStatus['state'], string>> = {
  nobody: 'No kernel',
  electing: 'Choosing…',
  idle: 'Idle',
  starting: 'Starting…',
  busy: 'Busy',
  restarting: 'Restarting…',
  dead: 'Dead',
}

interface KernelChipProps {
  readonly notebook: Notebook
  readonly onOpen: () => void
}

export function KernelChip({ notebook, onOpen }: KernelChipProps) {
  const { state, kernel, name, self, progress, problem } = useObservable(notebook.supernode)
  const loading = progress?.loaded !== undefined && progress.total ? progress.loaded / progress.total : null
  const where = name === '' ? '' : self ? 'on this page' : `on ${name}'s page`
  const words = progress && progress.stage !== 'Ready' ? progress.stage : STATES[state]
  return (
    <button
      type="button"
      className="kernel"
      data-testid="kernel"
      data-kernel-state={state}
      data-self={self}
      onClick={onOpen}
      title={[kernel, where, problem].filter(text => text !== '').join(', ')}
    >
      <span className={`dot dot-kernel-${problem === '' ? state : 'dead'}`} aria-hidden="true" />
      <span className="kernel-name">{kernel || 'Python'}</span>
      {where && <span className="kernel-where">{where}</span>}
      <span className="kernel-state">{problem === '' ? words : 'Not running'}</span>
      {loading !== null && loading < 1 && <progress value={loading} aria-label="Python is loading" />}
    </button>
  )
}

const NO_ADDRESS = 'This is no whole address. Paste it as Jupyter prints it: http://localhost:8888/lab?token=…'

interface KernelPanelProps {
  readonly notebook: Notebook
  readonly onClose: () => void
}

export function KernelPanel({ notebook, onClose }: KernelPanelProps) {
  const { name, self, kernel, problem } = useObservable(notebook.supernode)
  const [choice, choose] = useState<'embedded' | 'server'>(kernel.startsWith('Jupyter') && self ? 'server' : 'embedded')
  const [busy, setBusy] = useState(false)
  const [refusal, setRefusal] = useState('')

  const use = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const address = String(new FormData(event.currentTarget).get('address') ?? '').trim()
    if (choice === 'server' && !/^https?:$/.test(URL.parse(address)?.protocol ?? '')) return setRefusal(NO_ADDRESS)
    setBusy(true)
    setRefusal('')
    try {
      await (choice === 'server' ? notebook.offerServer(address) : notebook.offerEmbedded())
      onClose()
    } catch (error) {
      setRefusal(error instanceof Error ? error.message : 'This did not work. Try again.')
    }
    setBusy(false)
  }

  return (
    <Dialog title="Where the code runs" onClose={onClose}>
      <p>
        {name === ''
          ? 'No page here runs code yet.'
          : `${kernel} runs on ${self ? 'this page' : `${name}'s page`}, for everybody in the room.`}
      </p>
      {problem && (
        <p className="form-problem" dir="auto">
          {problem}
        </p>
      )}
      <form className="form" onSubmit={event => void use(event)}>
        <fieldset className="rights">
          <legend className="visually-hidden">Kernel</legend>
          <label className="right">
            <input type="radio" checked={choice === 'embedded'} onChange={() => choose('embedded')} />
            <span className="right-words">
              <strong>Python in the browser</strong>
              <span>
                Nothing to install. It runs in a closed frame on this page, and has the standard library only; other
                packages need a Jupyter Server.
              </span>
            </span>
          </label>
          <label className="right">
            <input type="radio" checked={choice === 'server'} onChange={() => choose('server')} />
            <span className="right-words">
              <strong>Your Jupyter Server</strong>
              <span>Who may run code in this room can then read and change your files.</span>
            </span>
          </label>
        </fieldset>
        {choice === 'server' && (
          <label>
            <span>Address, as Jupyter prints it</span>
            <input
              name="address"
              required
              autoComplete="off"
              placeholder="http://localhost:8888/lab?token=…"
              data-testid="server-address"
            />
            <small>
              The token stays in this page. Start the server with
              <code>jupyter server --ServerApp.allow_origin={location.origin}</code>
            </small>
          </label>
        )}
        {refusal && (
          <p role="alert" className="form-problem" data-testid="kernel-refusal">
            {refusal}
          </p>
        )}
        <footer>
          <button type="submit" className="primary" disabled={busy} data-testid="use-kernel">
            {busy ? 'Connecting…' : 'Use it'}
          </button>
        </footer>
      </form>
    </Dialog>
  )
}
