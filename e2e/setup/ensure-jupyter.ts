/**
 * A Python with a real Jupyter Server: the one that is named, the project's own virtual environment, or Debian's.
 */
import { join } from 'node:path'
import { ask, canInstallPackages, installPackages, PROJECT, run, say, which } from './command.ts'

const ENVIRONMENT = join(PROJECT, '.cache', 'jupyter')
const ENVIRONMENT_PYTHON = join(ENVIRONMENT, 'bin', 'python')
const DEBIAN_PYTHON = '/usr/bin/python3'

export const NO_JUPYTER =
  'There is no Jupyter Server on this machine and none could be installed. Install jupyter-server, ipykernel and nbformat with pip, and name that Python with SUPERMESH_JUPYTER=/path/to/python.'

/** The path of a Python that can run a Jupyter Server with a Python kernel and check notebooks. */
export function findJupyter(): string | null {
  const named = process.env.SUPERMESH_JUPYTER
  if (named) return hasJupyter(named) ? named : null
  const candidates = [ENVIRONMENT_PYTHON, which('python3'), DEBIAN_PYTHON]
  return candidates.find(python => python !== null && hasJupyter(python)) ?? null
}

/** As {@link findJupyter}, after an installation when there is none. Null when that failed too: see {@link NO_JUPYTER}. */
export async function ensureJupyter(): Promise<string | null> {
  const found = findJupyter()
  if (found !== null || process.env.SUPERMESH_JUPYTER) return found
  const python = which('python3')
  if (python !== null) {
    say('No Jupyter Server found: installing one from PyPI into .cache/jupyter…')
    const made =
      (await run(python, ['-m', 'venv', ENVIRONMENT])) &&
      (await run(ENVIRONMENT_PYTHON, ['-m', 'pip', 'install', '--quiet', 'jupyter-server', 'ipykernel', 'nbformat']))
    if (made) return findJupyter()
  }
  if (canInstallPackages()) await installPackages('jupyter-server', 'python3-ipykernel', 'python3-nbformat')
  return findJupyter()
}

function hasJupyter(python: string): boolean {
  return ask(python, ['-c', 'import jupyter_server, ipykernel, nbformat']) !== null
}
