import { Button } from "@/components/ui/button.tsx";

/** Says that what was said with another plugin goes along with the next message, before it does. */
export function EarlierNotice({
  count,
  plugin,
  onStartAnew,
}: {
  /** How many messages go along, at least one. */
  count: number;
  plugin: string;
  onStartAnew: () => void;
}) {
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2 rounded-lg border border-line bg-warn-soft py-1.5 pr-1.5 pl-3 text-sm">
      <p role="status" className="min-w-0 flex-1 basis-48 wrap-anywhere">
        {count === 1
          ? `The message above is sent to ${plugin} too.`
          : `The ${count} messages above are sent to ${plugin} too.`}
      </p>
      <Button size="sm" onClick={onStartAnew}>
        Start anew
      </Button>
    </div>
  );
}
