import { artifactsPath, readArtifacts } from "../api/reported";
import { address } from "../state/address";
import { formatBytes, formatCount } from "../state/format";
import { useFollowing } from "../state/following";
import { Link } from "../widgets/Link";
import { Section } from "./OverviewTab";

const MOST_SHOWN = 6;

/** The models and artifacts that the task made, the latest first; the tab has the rest. */
export function Kept({ id }: { id: string }) {
  const { data } = useFollowing(id, artifactsPath(id), (signal) => readArtifacts(id, signal), (change) => change.detail);
  if (!data) return null;
  const models = data.models.filter(({ role }) => role === "output").map((model) => ({ ...model, key: model.id, what: model.framework || "model" }));
  const artifacts = data.artifacts.map((artifact) => ({ ...artifact, key: artifact.name, what: artifact.type || "artifact" }));
  const all = [...models, ...artifacts].sort((a, b) => b.time_us - a.time_us);
  if (all.length === 0) return null;
  return (
    <Section title="Models and artifacts" aside={formatCount(all.length)}>
      <ul className="kept">
        {all.slice(0, MOST_SHOWN).map(({ key, name, what, size_bytes, state }) => (
          <li key={`${what} ${key}`}>
            <Link className="link clip" to={`${address.task(id, "artifacts")}?open=${encodeURIComponent(key)}`} title={name}>
              {name}
            </Link>
            <span className="dim">{what}</span>
            <span className="dim num">{state === "failed" ? <span className="warn">not stored</span> : size_bytes > 0 && formatBytes(size_bytes)}</span>
          </li>
        ))}
      </ul>
      {all.length > MOST_SHOWN && (
        <p>
          <Link className="link" to={address.task(id, "artifacts")}>
            {formatCount(all.length - MOST_SHOWN)} more in Artifacts
          </Link>
        </p>
      )}
    </Section>
  );
}
