/** XML as S3 speaks it: values are text, lists are repeated elements, dates are ISO 8601 in milliseconds. */
import { XMLBuilder, XMLParser, XMLValidator } from 'fast-xml-parser';
import { malformedXml } from '../errors.ts';

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

const parser = new XMLParser({
  ignoreAttributes: true,
  ignoreDeclaration: true,
  parseTagValue: false,
  // Keys may open or end with blanks.
  trimValues: false,
  // Character references such as &#13; are part of XML, whatever the option is called.
  htmlEntities: true,
  isArray: (name) => name === 'Object' || name === 'Part',
});

const builder = new XMLBuilder({ ignoreAttributes: false, attributeNamePrefix: '@', suppressEmptyNode: true });

/** The content of the root element, which must have that name. @throws AwsError MalformedXML */
export function parseXml(body: Uint8Array, root: string): Record<string, unknown> {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
  if (XMLValidator.validate(text) !== true) throw malformedXml();
  const content: unknown = (parser.parse(text) as Record<string, unknown>)[root];
  if (content === undefined) throw malformedXml();
  return typeof content === 'object' && content !== null ? (content as Record<string, unknown>) : {};
}

export function buildXml(root: string, content: object | string, namespace: string | undefined = NAMESPACE): string {
  const plain = toPlain(content);
  const attributes = namespace === undefined ? {} : { '@xmlns': namespace };
  const element = typeof plain === 'object' ? { ...attributes, ...plain } : { ...attributes, '#text': plain };
  return `<?xml version="1.0" encoding="UTF-8"?>\n${builder.build({ [root]: element })}`;
}

export const buildErrorXml = (content: object): string => buildXml('Error', content, undefined);

function toPlain(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(toPlain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([name, member]) => [name, toPlain(member)]),
  );
}
