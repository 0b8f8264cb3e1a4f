// Draws lines of spans: one <Text> for each line, cut at the right edge, never wrapped.
import {Box, Text} from 'ink';
import type {Line} from './line.ts';
import {look} from './palette.ts';

interface LinesProps {
  readonly lines: readonly Line[];
  /** Whether colours may be used. */
  readonly colour: boolean;
}

function Row({line, colour}: {readonly line: Line; readonly colour: boolean}) {
  if (line.length === 0) return <Text> </Text>;
  return (
    <Text wrap="truncate-end">
      {line.map((piece, at) => (
        <Text key={at} {...look(piece.tone, colour)} inverse={piece.selected === true}>{piece.text}</Text>
      ))}
    </Text>
  );
}

export function Lines({lines, colour}: LinesProps) {
  return (
    <Box flexDirection="column" flexShrink={0}>
      {lines.map((line, at) => <Row key={at} line={line} colour={colour} />)}
    </Box>
  );
}
