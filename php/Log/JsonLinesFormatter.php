<?php

declare(strict_types=1);

namespace Apn\AmiClient\Log;

use Apn\AmiClient\Redactor;
use Monolog\Formatter\FormatterInterface;
use Monolog\LogRecord;

/** The lines of JsonLinesLogger for any handler of Monolog 3, with `channel` and `extra` besides. */
final readonly class JsonLinesFormatter implements FormatterInterface
{
    private JsonLine $line;

    public function __construct(Redactor $redactor = new Redactor())
    {
        $this->line = new JsonLine($redactor);
    }

    public function format(LogRecord $record): string
    {
        $more = ['channel' => $record->channel, 'extra' => $record->extra];

        return $this->line->encode($record->datetime, $record->level->toPsrLogLevel(), $record->message, $record->context, $more) . "\n";
    }

    public function formatBatch(array $records): string
    {
        return implode('', array_map($this->format(...), $records));
    }
}
