/** Rules for Map states in both modes. */
import { isObject } from '../asl.ts';
import { isExpression } from '../expressions.ts';
import { GET_OBJECT, LIST_OBJECTS } from '../map/item-reader.ts';
import { type Check, checkFields, checkNumber } from './fields.ts';

type Members = Readonly<Record<string, unknown>>;

const DISTRIBUTED_ONLY = ['ItemReader', 'ItemBatcher', 'ResultWriter', 'Label', 'ToleratedFailureCount', 'ToleratedFailurePercentage'];

export function checkMap(state: Members, where: string, check: Check, inner: Check): void {
  checkNumber(state, 'MaxConcurrency', 0, where, check);
  checkNumber(state, 'ToleratedFailureCount', 0, where, check);
  checkPercentage(state.ToleratedFailurePercentage, where, check);
  const { Items: items, ItemReader: reader } = state;
  if (items !== undefined && typeof items !== 'object' && !(typeof items === 'string' && isExpression(items))) {
    check.say(where, 'field Items must be an array, an object or a JSONata expression');
  }
  if (items !== undefined && reader !== undefined) check.say(where, 'has both Items and ItemReader');
  const distributed = checkProcessor(state.ItemProcessor, where, check, inner);
  if (!distributed) {
    for (const field of DISTRIBUTED_ONLY)
      if (state[field] !== undefined) check.say(where, `field ${field} needs ProcessorConfig Mode DISTRIBUTED`);
    return;
  }
  if (state.Label !== undefined && !/^[A-Za-z0-9_-]{1,40}$/.test(String(state.Label)))
    check.say(where, 'field Label takes up to 40 letters, digits, "_" and "-"');
  checkReader(reader, where, check);
  checkBatcher(state.ItemBatcher, where, check);
  checkWriter(state.ResultWriter, where, check);
}

/** Whether the processor is a distributed one. */
function checkProcessor(processor: unknown, where: string, check: Check, inner: Check): boolean {
  const at = `${where} ItemProcessor`;
  if (!isObject(processor)) {
    check.say(where, 'field ItemProcessor must hold StartAt and States');
    return false;
  }
  checkFields(processor, ['ProcessorConfig', 'StartAt', 'States', 'Comment', 'QueryLanguage'], at, check);
  const config = isObject(processor.ProcessorConfig) ? processor.ProcessorConfig : {};
  const { Mode: mode = 'INLINE', ExecutionType: executionType } = config;
  if (mode !== 'INLINE' && mode !== 'DISTRIBUTED')
    check.say(at, `ProcessorConfig Mode must be INLINE or DISTRIBUTED, not "${String(mode)}"`);
  const distributed = mode === 'DISTRIBUTED';
  if (distributed && executionType !== 'STANDARD')
    check.say(at, `ProcessorConfig ExecutionType must be STANDARD; ${String(executionType)} child executions are not emulated`);
  // Children of a map run are executions of their own: nothing of the outer scope reaches them.
  check.checkBlock(processor, at, distributed ? { ...inner, outerVariables: new Set() } : inner);
  return distributed;
}

function checkPercentage(percentage: unknown, where: string, check: Check): void {
  if (percentage === undefined || (typeof percentage === 'string' && isExpression(percentage))) return;
  if (typeof percentage !== 'number' || percentage < 0 || percentage > 100)
    check.say(where, 'field ToleratedFailurePercentage must be a number from 0 to 100');
}

function checkReader(reader: unknown, where: string, check: Check): void {
  if (reader === undefined) return;
  const at = `${where} ItemReader`;
  if (!isObject(reader)) {
    check.say(at, 'must be a JSON object');
    return;
  }
  checkFields(reader, ['Resource', 'Arguments', 'ReaderConfig'], at, check);
  if (reader.Resource !== LIST_OBJECTS && reader.Resource !== GET_OBJECT)
    check.say(at, `field Resource "${String(reader.Resource)}" is not emulated; ${LIST_OBJECTS} and ${GET_OBJECT} are`);
  if (reader.Arguments === undefined) check.say(at, 'field Arguments is missing');
  const config = isObject(reader.ReaderConfig) ? reader.ReaderConfig : {};
  checkFields(
    config,
    ['InputType', 'CSVHeaderLocation', 'CSVHeaders', 'CSVDelimiter', 'MaxItems', 'ItemsPointer'],
    `${at} ReaderConfig`,
    check,
  );
  checkNumber(config, 'MaxItems', 0, `${at} ReaderConfig`, check);
  if (reader.Resource !== GET_OBJECT) return;
  const { InputType: inputType, CSVHeaderLocation: location } = config;
  if (!['JSON', 'JSONL', 'CSV'].includes(String(inputType))) {
    check.say(`${at} ReaderConfig`, `field InputType must be JSON, JSONL or CSV; "${String(inputType)}" is not emulated`);
    return;
  }
  if (inputType !== 'CSV') return;
  if (location !== 'FIRST_ROW' && location !== 'GIVEN')
    check.say(`${at} ReaderConfig`, 'field CSVHeaderLocation must be FIRST_ROW or GIVEN');
  if (location === 'GIVEN' && !Array.isArray(config.CSVHeaders)) check.say(`${at} ReaderConfig`, 'field CSVHeaders is missing');
}

function checkBatcher(batcher: unknown, where: string, check: Check): void {
  if (batcher === undefined) return;
  const at = `${where} ItemBatcher`;
  if (!isObject(batcher)) {
    check.say(at, 'must be a JSON object');
    return;
  }
  checkFields(batcher, ['MaxItemsPerBatch', 'MaxInputBytesPerBatch', 'BatchInput'], at, check);
  if (batcher.MaxItemsPerBatch === undefined && batcher.MaxInputBytesPerBatch === undefined)
    check.say(at, 'needs MaxItemsPerBatch or MaxInputBytesPerBatch');
  checkNumber(batcher, 'MaxItemsPerBatch', 1, at, check);
  checkNumber(batcher, 'MaxInputBytesPerBatch', 1, at, check);
}

function checkWriter(writer: unknown, where: string, check: Check): void {
  if (writer === undefined) return;
  const at = `${where} ResultWriter`;
  if (!isObject(writer)) {
    check.say(at, 'must be a JSON object');
    return;
  }
  checkFields(writer, ['Resource', 'Arguments', 'WriterConfig'], at, check);
  if (writer.WriterConfig === undefined && writer.Resource === undefined) check.say(at, 'needs WriterConfig, or Resource and Arguments');
  if ((writer.Resource === undefined) !== (writer.Arguments === undefined)) check.say(at, 'needs Resource and Arguments together');
  if (writer.Resource !== undefined && writer.Resource !== 'arn:aws:states:::s3:putObject')
    check.say(at, `field Resource "${String(writer.Resource)}" is not emulated; arn:aws:states:::s3:putObject is`);
  const config = isObject(writer.WriterConfig) ? writer.WriterConfig : {};
  if (!['NONE', 'COMPACT', 'FLATTEN'].includes(String(config.Transformation ?? 'NONE')))
    check.say(at, 'field Transformation must be NONE, COMPACT or FLATTEN');
  if (!['JSON', 'JSONL'].includes(String(config.OutputType ?? 'JSON'))) check.say(at, 'field OutputType must be JSON or JSONL');
}
