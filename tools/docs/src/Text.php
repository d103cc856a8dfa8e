<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tools\Docs;

/**
 * The prose of doc comments as Markdown of a page.
 */
final class Text
{
    /** On one line, also within a table. */
    public static function line(string $text): string
    {
        return str_replace('|', '\\|', (string) preg_replace('/\s+/', ' ', self::block($text)));
    }

    public static function block(string $text): string
    {
        $text = (string) preg_replace('/\{@(?:see|link) \\\\?([^}]+)\}/', '`$1`', $text);
        $text = str_replace('Apn\\AmiClient\\', '', $text);
        $parts = explode('`', $text);
        foreach ($parts as $number => $part) {
            if ($number % 2 === 0) {
                $parts[$number] = str_replace(['\\', '<', '*', '['], ['\\\\', '&lt;', '\\*', '\\['], $part);
            }
        }
        $text = implode('`', $parts);

        // A list of a doc comment begins without a blank line.
        return (new Markdown(str_replace("\n\\* ", "\n- ", $text)))->forSite()->text;
    }
}
