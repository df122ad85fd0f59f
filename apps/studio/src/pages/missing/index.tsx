/** What stands where no page is. */
import { usePlace } from "../../router.ts"
import { Empty, Page } from "../../ui/index.ts"

export default function MissingPage() {
  const { path } = usePlace()
  return (
    <Page title="Page not found">
      <Empty title={`There is no page ${path}`} icon="warning">
        <p>
          <a href="/">Home</a> · <a href="/runs">Runs</a> · press <kbd>?</kbd> for the keyboard
        </p>
      </Empty>
    </Page>
  )
}
