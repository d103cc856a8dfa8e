<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tools\Docs;

/**
 * What a doc comment says, in its parts.
 */
final readonly class DocBlock
{
    /**
     * @param string $text what it says in prose, as Markdown
     * @param array<string, array{type: string, text: string}> $params by name, without the dollar
     * @param list<array{type: string, text: string}> $throws
     * @param array{type: string, text: string}|null $return
     * @param array{type: string, text: string}|null $var
     */
    private function __construct(
        public string $text,
        public array $params,
        public array $throws,
        public ?array $return,
        public ?array $var,
        public bool $internal,
    ) {}

    public static function of(?string $comment): self
    {
        $text = '';
        $params = $throws = [];
        $return = $var = null;
        $internal = false;
        foreach (self::blocks($comment ?? '') as $block) {
            if (!str_starts_with($block, '@')) {
                $text = trim($block);
                continue;
            }
            preg_match('/^@([\w-]+)\s*(.*)$/s', $block, $found);
            [, $tag, $rest] = $found + ['', '', ''];
            if ($tag === 'param') {
                [$type, $said] = self::type($rest);
                if (preg_match('/^(?:\.\.\.)?\$(\w+)\s*(.*)$/s', $said, $named) === 1) {
                    $params[$named[1]] = ['type' => $type, 'text' => $named[2]];
                }
            } elseif (\in_array($tag, ['throws', 'return', 'var'], true)) {
                [$type, $said] = self::type($rest);
                $part = ['type' => $type, 'text' => $said];
                match ($tag) {
                    'throws' => $throws[] = $part,
                    'return' => $return = $part,
                    'var' => $var = $part,
                };
            } elseif ($tag === 'internal') {
                $internal = true;
            }
        }

        return new self($text, $params, $throws, $return, $var, $internal);
    }

    /** Its first sentence, on one line. */
    public function summary(): string
    {
        $text = $this->text !== '' ? $this->text : ($this->var['text'] ?? '');
        $first = (string) preg_replace('/\s+/', ' ', explode("\n\n", $text)[0]);

        return preg_match('/^(.*?[.:])(?=\s+[A-Z]|$)/', $first, $found) === 1 ? rtrim($found[1], ':') : $first;
    }

    /**
     * The prose, and each tag with what belongs to it.
     *
     * @return list<string>
     */
    private static function blocks(string $comment): array
    {
        $comment = (string) preg_replace('~^/\*\*|\*/$~', '', trim($comment));
        $blocks = [''];
        foreach (explode("\n", $comment) as $line) {
            $line = (string) preg_replace('~^\s*\* ?~', '', rtrim($line));
            if (str_starts_with(ltrim($line), '@')) {
                $blocks[] = ltrim($line);
            } else {
                $blocks[array_key_last($blocks)] .= "\n" . $line;
            }
        }

        return array_map(trim(...), $blocks);
    }

    /**
     * The type at the beginning, up to the first space outside of brackets, and what follows.
     *
     * @return array{string, string}
     */
    private static function type(string $text): array
    {
        [$depth, $length] = [0, \strlen($text)];
        $at = 0;
        for (; $at < $length; $at++) {
            $depth += match ($text[$at]) {
                '{', '(', '<', '[' => 1,
                '}', ')', '>', ']' => -1,
                default => 0,
            };
            // `callable(int): string` goes on behind its colon.
            if ($depth === 0 && ctype_space($text[$at]) && $text[$at - 1] !== ':') {
                break;
            }
        }
        $type = trim((string) preg_replace('/\s+/', ' ', substr($text, 0, $at)));

        return [str_replace([', }', '{ '], ['}', '{'], $type), trim(substr($text, $at))];
    }
}
