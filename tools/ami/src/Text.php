<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tools\Ami;

/** Lines of generated files. */
final readonly class Text
{
    /** The widest line of the project's PHP. */
    private const int WIDTH = 120;

    /** @param list<string> $paragraphs of which lines that begin with an @ are tags */
    public static function docblock(array $paragraphs, string $indent): string
    {
        $lines = [];
        foreach ($paragraphs as $paragraph) {
            foreach (explode("\n", $paragraph) as $line) {
                $width = self::WIDTH - strlen($indent) - 3;
                // The type and the name of a parameter stay on one line; what is said of it goes on under it.
                if (preg_match('/^(@param \S+ \S+) (.*)$/', $line, $tag) === 1) {
                    $words = wordwrap(str_repeat('x', min($width - 4, strlen($tag[1]))) . " $tag[2]", $width - 4);
                    $line = $tag[1] . substr($words, min($width - 4, strlen($tag[1])));
                    $lines[] = str_replace("\n", "\n$indent *     ", $line);

                    continue;
                }
                $lines[] = str_replace("\n", "\n$indent * ", wordwrap($line, $width));
            }
            $lines[] = '';
        }
        array_pop($lines);
        $text = implode("\n", array_map(static fn(string $line): string => rtrim("$indent * $line"), $lines));

        return "$indent/**\n$text\n$indent */\n";
    }

    /** @param list<string> $words `a, b and c` */
    public static function enumeration(array $words): string
    {
        $last = array_pop($words);

        return $words === [] ? (string) $last : implode(', ', $words) . " and $last";
    }

    /**
     * @param list<string> $versions
     *
     * @return list<string> the oldest first
     */
    public static function ascending(array $versions): array
    {
        usort($versions, static fn(string $one, string $other): int => version_compare($one, $other));

        return $versions;
    }
}
