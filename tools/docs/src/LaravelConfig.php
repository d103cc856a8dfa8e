<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tools\Docs;

use PhpParser\Comment;
use PhpParser\Node\ArrayItem;
use PhpParser\Node\Expr;
use PhpParser\Node\Scalar\String_;
use PhpParser\Node\Stmt\Return_;
use PhpParser\NodeFinder;
use PhpParser\ParserFactory;
use PhpParser\PrettyPrinter\Standard;

/**
 * The keys of the published configuration, from that file itself: what its comments say, and its defaults.
 */
final class LaravelConfig
{
    public const string FILE = 'php/Laravel/config/ami-client.php';

    private const string KEY = 'ami-client';

    /** What keys of these names mean everywhere. */
    private const array COMMON = [
        'enabled' => 'Whether it is on.',
        'events' => 'Names of events; `*` stands for any part of a name.',
    ];

    private string $text = '';

    /** Whether a table is open, to which a row can be added. */
    private bool $inTable = false;

    private readonly Standard $printer;

    /** Null without Laravel, whose env() the file calls. */
    private readonly ?LaravelValues $values;

    public function __construct(private readonly string $root)
    {
        $this->printer = new Standard(['shortArraySyntax' => true]);
        $config = \function_exists('env') && is_file("$root/" . self::FILE) ? require "$root/" . self::FILE : null;
        $this->values = \is_array($config) ? new LaravelValues($config) : null;
    }

    /** @return string|null null where there is no such file */
    public function page(): ?string
    {
        $file = "{$this->root}/" . self::FILE;
        if (!is_file($file)) {
            return null;
        }
        $tree = (new ParserFactory())->createForHostVersion()->parse((string) file_get_contents($file)) ?? [];
        $return = (new NodeFinder())->findFirstInstanceOf($tree, Return_::class);
        if (!$return?->expr instanceof Expr\Array_) {
            return null;
        }
        $this->text = "# Laravel's configuration\n\n"
            . "Every key of `config/ami-client.php`, as `php artisan vendor:publish --tag=ami-client-config` writes it. Null and an empty string mean that it is not set. "
            . "A key that is unknown, and a value that cannot be used, is refused when the application boots, by its whole path; the message says what it may be.\n";
        $this->items($return->expr, self::KEY, 2);

        return $this->text;
    }

    private function items(Expr\Array_ $array, string $path, int $level): void
    {
        [$lastLine, $told] = [0, ''];
        foreach ($array->items as $item) {
            if (!$item->key instanceof String_) {
                continue;
            }
            $key = "$path.{$item->key->value}";
            [$title, $effect] = $this->comment($item, $key);
            if ($title !== '') {
                $this->inTable = false;
                $this->text .= "\n" . str_repeat('#', $level) . " $title\n\n$effect\n";
                $effect = '';
            }
            // One comment is often for several keys, which then stand together.
            $own = $effect;
            $common = str_contains($path, '.servers') ? '' : self::COMMON[$item->key->value] ?? '';
            if ($effect !== '') {
                $told = $item->key->value;
            } elseif ($item->getStartLine() === $lastLine + 1 && $told !== '') {
                $effect = $common !== '' ? $common : "See `$told`.";
            } else {
                $effect = $common !== '' || str_contains($path, '.servers') || $level === 2 ? $common : 'See above.';
            }
            $lastLine = $item->getEndLine();
            if ($item->value instanceof Expr\Array_ && $this->hasKeys($item->value)) {
                $this->inTable = false;
                $this->text .= $title === '' ? rtrim("\n" . str_repeat('#', min($level, 4)) . " `{$item->key->value}`\n\n" . Text::block($own)) . "\n" : '';
                $this->items($item->value, $key, $level + 1);
                $this->inTable = false;
            } else {
                $this->row($key, $item->value, $effect);
            }
        }
    }

    private function row(string $key, Expr $value, string $effect): void
    {
        if (!$this->inTable) {
            $this->text .= "\n| key | default | may be | effect |\n|---|---|---|---|\n";
            $this->inTable = true;
        }
        $environment = '';
        if ($value instanceof Expr\FuncCall && $value->name instanceof \PhpParser\Node\Name && $value->name->toString() === 'env') {
            $arguments = $value->getArgs();
            $environment = '`' . trim($this->printer->prettyPrintExpr($arguments[0]->value), "'") . '`';
            $value = $arguments[1]->value ?? new Expr\ConstFetch(new \PhpParser\Node\Name('null'));
        }
        $effect = Text::line($effect) . ($environment === '' ? '' : ' *Environment:* ' . $environment);
        $this->text .= "| `$key` | `" . $this->printer->prettyPrintExpr($value) . "` | {$this->may($key)} | " . trim($effect) . " |\n";
    }

    private function may(string $key): string
    {
        return Text::line($this->values?->of(substr($key, \strlen(self::KEY) + 1)) ?? '');
    }

    private function hasKeys(Expr\Array_ $array): bool
    {
        return ($array->items[0]->key ?? null) instanceof String_;
    }

    /** @return array{string, string} the title of a box and what is in it; or no title, and what the line before says */
    private function comment(ArrayItem $item, string $path): array
    {
        $comments = $item->getComments();
        $text = implode("\n", array_map(static fn(Comment $comment): string => $comment->getText(), $comments));
        $lines = array_map(static fn(string $line): string => rtrim((string) preg_replace('~^\s*(?://|/\*+|\*/|\|)[ ]?~', '', $line)), explode("\n", $text));
        $lines = array_values(array_filter($lines, static fn(string $line): bool => preg_match('/^-+$/', $line) !== 1));
        if (!str_contains($text, '|---')) {
            return ['', trim(implode(' ', $lines))];
        }
        $body = trim(implode("\n", $lines));
        [$title, $rest] = explode("\n", "$body\n", 2);
        // What stands in columns is a list of keys.
        $child = $item->value instanceof Expr\Array_ ? ($item->value->items[3] ?? null)?->key : null;
        $below = $child instanceof String_ ? "$path.$child->value" : $path;
        $rest = (string) preg_replace_callback('/(?:^\'[\w]+\' {2,}.*\n?)+/m', fn(array $rows): string => "| key | may be | effect |\n|---|---|---|\n"
            . preg_replace_callback('/^\'(\w+)\' {2,}(.*)$/m', fn(array $row): string => "| `$row[1]` | {$this->may("$below.$row[1]")} | $row[2] |", trim($rows[0])) . "\n", Text::block(trim($rest)) . "\n");

        return [$title, trim($rest)];
    }
}
