/** How a run stands where its outputs do not say it, and the answer that `input()` waits for. */
import type { FormEvent } from 'react'
import type { Run, SupernodeStatus } from 'supermesh/jupyter'

interface RunNoteProps {
  readonly run: Run
  /** The own name: nobody needs to be told of it. */
  readonly me: string
  readonly supernode: SupernodeStatus
  readonly onRunAgain: () => void
}

export function RunNote({ run, me, supernode, onRunAgain }: RunNoteProps) {
  const askedBy = run.askedBy !== '' && run.askedBy !== me ? `asked by ${run.askedBy}` : ''
  if (run.state === 'refused' || run.state === 'lost') {
    return (
      <div className="run-note run-note-wrong" role="status">
        <p dir="auto">{run.sentence}</p>
        <button type="button" onClick={onRunAgain} data-testid="run-again">
          Run again
        </button>
      </div>
    )
  }
  const words = [waitingWords(run, supernode), askedBy].filter(text => text !== '').join(' · ')
  return words === '' ? null : (
    <p className="run-note" dir="auto">
      {words}
    </p>
  )
}

function waitingWords({ state }: Run, { state: kernel, progress, problem }: SupernodeStatus): string {
  if (state !== 'waiting' && state !== 'claimed') return ''
  if (problem !== '') return problem
  if (kernel === 'nobody') return 'No page here can run code. It starts as soon as one comes that can.'
  if (progress && progress.stage !== 'Ready') return `${progress.stage}…`
  if (kernel === 'electing') return 'Looking for a page that runs it…'
  return kernel === 'busy' ? 'Waiting for its turn' : 'Starting…'
}

interface InputPromptProps {
  readonly prompt: NonNullable<Run['prompt']>
  readonly askedBy: string
  readonly onAnswer: (text: string) => void
}

export function InputPrompt({ prompt, askedBy, onAnswer }: InputPromptProps) {
  if (!prompt.mine) {
    return (
      <p className="run-note" dir="auto">
        {prompt.text} (waiting for an answer from {askedBy || 'the person who asked for this'})
      </p>
    )
  }
  const answer = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    onAnswer(String(new FormData(event.currentTarget).get('answer') ?? ''))
  }
  return (
    <form className="prompt" onSubmit={answer} data-testid="prompt">
      <label>
        <span dir="auto">{prompt.text || 'The code asks for an input'}</span>
        <input
          name="answer"
          type={prompt.password ? 'password' : 'text'}
          autoComplete="off"
          dir="auto"
          ref={field => field?.focus()}
        />
      </label>
      <button type="submit">Answer</button>
    </form>
  )
}
