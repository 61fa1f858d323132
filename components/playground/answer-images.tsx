import type { ContentPart } from "@/lib/contract/protocol.ts";
import { RemoteImage } from "./outside-link.tsx";

/** Images of an answer: what came with it is shown, what lies elsewhere is linked. */
export function AnswerImages({ images }: { images: readonly ContentPart[] }) {
  return (
    <div className="flex flex-wrap gap-2">
      {images.map((part, index) => {
        const url = part.type === "image_url" ? part.image_url.url : "";
        const label = images.length === 1 ? "Image of the answer" : `Image ${index + 1} of the answer`;
        return /^data:image\/(?:png|jpeg|gif|webp);base64,/.test(url) ? (
          // A data: address: there is nothing for an image loader to optimise.
          <img
            key={index}
            src={url}
            alt={label}
            className="max-h-96 max-w-full rounded-md border border-line"
          />
        ) : (
          <RemoteImage key={index} src={url} alt={label} />
        );
      })}
    </div>
  );
}
