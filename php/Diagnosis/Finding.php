<?php

declare(strict_types=1);

namespace Apn\AmiClient\Diagnosis;

/** What one check of a diagnosis found. */
final readonly class Finding
{
    /**
     * @param string $subject the key of a server, or what else it is about
     * @param string $check short and always the same, for scripts
     * @param string $message what is so, and why that matters
     * @param string|null $cure the line that mends it, and where it goes
     */
    private function __construct(
        public string $subject,
        public string $check,
        public Severity $severity,
        public string $message,
        public ?string $cure = null,
    ) {}

    public static function ok(string $subject, string $check, string $message): self
    {
        return new self($subject, $check, Severity::Ok, $message);
    }

    public static function warning(string $subject, string $check, string $message, string $cure): self
    {
        return new self($subject, $check, Severity::Warning, $message, $cure);
    }

    public static function failure(string $subject, string $check, string $message, string $cure): self
    {
        return new self($subject, $check, Severity::Failure, $message, $cure);
    }

    public static function skipped(string $subject, string $check, string $message, ?string $cure = null): self
    {
        return new self($subject, $check, Severity::Skipped, $message, $cure);
    }

    /** @return array{subject: string, check: string, severity: string, message: string, cure: string|null} */
    public function toArray(): array
    {
        return ['subject' => $this->subject, 'check' => $this->check, 'severity' => $this->severity->value, 'message' => $this->message, 'cure' => $this->cure];
    }
}
